'use strict';
play.start();
